"""The built-in rules: one flat file each, loaded through the same entry point as a third party's."""
