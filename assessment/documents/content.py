"""What a paper says, as plain values from the result tree; how it looks is the templates' matter."""
