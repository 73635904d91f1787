"""Files on this machine: held while somebody is at work on them, private, and a disk that may be full."""
