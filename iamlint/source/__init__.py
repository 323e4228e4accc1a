"""Floor 0: bytes become plain values, with places from which a span can be computed when it is reported."""
