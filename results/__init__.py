"""Holds the results and the contract that defines their meaning; both wings import it."""
