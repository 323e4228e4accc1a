"""The JSON Schemas of iamlint's own documents, as values; `*.schema.json` beside them is the same, published for editors."""
