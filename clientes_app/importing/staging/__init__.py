"""The rows of a file on their way to becoming clients: judged, matched, stored, mended by people."""
