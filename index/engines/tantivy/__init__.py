"""The embedded engine: a folder of tantivy indexes, no server."""

from index.engines.tantivy.engine import TantivyEngine

__all__ = ["TantivyEngine"]
