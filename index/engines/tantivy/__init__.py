"""The embedded engine: a folder of tantivy indexes, no server. `engine.TantivyEngine` is its door."""
