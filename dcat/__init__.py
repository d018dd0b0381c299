"""5. Give back: feeds built from the hub's datasets, streamed, validated, published atomically."""
