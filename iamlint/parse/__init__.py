"""Floor 2: documents become model values, one sub-folder per format family. Nothing here touches the disk."""
