"""Several machines: workers that send and import what any of them stored; on PostgreSQL only."""
