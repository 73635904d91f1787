"""Where what is being imported is kept: in files of this machine, or in the database that several machines share."""
