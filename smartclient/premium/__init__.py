"""The premium of a life-insurance contract, exact to the unit, from a tariff given as data.

Pure: numbers in, numbers out. It reads no files and knows no form.
"""
