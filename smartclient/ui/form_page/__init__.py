"""The page on which a form is filled in: sections, the form, the premium and what is missing."""
