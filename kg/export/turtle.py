"""Turtle as a format: see `kg.turtle`, which writes it also where no other format is wanted."""

from kg.turtle import Writer, document, head, write

__all__ = ["Writer", "document", "head", "write"]
