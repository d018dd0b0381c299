"""Work that several processes share: leases kept alive, due harvests, index and feeds kept up to date."""
