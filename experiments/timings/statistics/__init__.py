"""How sure a time is: samples, their differences, and what is judged of them."""
