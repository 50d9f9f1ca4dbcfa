"""The results and the contract that says what they mean; both wings import it."""
