"""How cells are carried out: requests, workers, replies, and the order of the stages."""
