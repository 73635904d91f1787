"""Where tries are counted: in the memory of one process, or in the database that several share."""
