"""The soak: laptops, a server and evenings as real processes, harmed without end, and a ledger.

laptop     a laptop as a process: edits, signs, cancels, synchronises, and tells what it did
evening    the export of an evening as a process
ledger     what was typed, what the server acknowledged, and where it must be found
disk       what stands on the disks of the laptops, the server and the batches
conductor  starts everything, kills, cuts, restores, and reads the ledger in the end
losing     a copy of the source that loses edits, to see that the soak notices
"""
