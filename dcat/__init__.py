"""Give back: the feeds other catalogues harvest, written from what the hub holds, validated and published."""
