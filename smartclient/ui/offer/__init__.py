"""The page on which an offer is made: sections, the form, the premium and what is missing."""
