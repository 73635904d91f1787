"""Pages that change by themselves: feeds of snapshots, streams of events, and how many there may be."""
