"""What is measured: types of the configuration, its composition, its checks, and its cells."""
