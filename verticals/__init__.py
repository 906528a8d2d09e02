"""Industry packs: the plug (``contract``, ``registry``) and the packs that we bring ourselves."""
