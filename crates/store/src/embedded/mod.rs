//! A private PostgreSQL cluster, started from the programs installed on the machine.
