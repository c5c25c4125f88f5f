"""From a firm's own files to customers and purchases: read, map, check, run, report."""
