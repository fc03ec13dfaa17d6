"""The pages of a document: looked through before signing, shown afterwards, saved as PDF."""
