"""Review assistant for Linux kernel patch series that touch kernel memory mappings."""

__version__ = "0.1.0"
