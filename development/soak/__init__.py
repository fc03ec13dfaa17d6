"""The soak: laptops, a server and evenings as real processes, harmed without end, and a ledger.

laptop     a laptop as a process: edits, signs, cancels, synchronises; `clients` is its register
telling    what it tells, and what it overhears of the server's answers
evening    the export of an evening as a process
words      what counts as one edit, wherever it stands
ledger     what was typed, what the server acknowledged, and where it must be found
disk       what stands on the disks of the laptops and in the batches
at_server  what the server holds, and what is wrong with it
laptops    starts, hears, calms and kills a laptop
harm       kills, cuts, exports, backups, restores, old disks, erasures
conductor  starts everything, lets it be harmed, and reads the ledger in the end
losing     a copy of the source that loses edits, to see that the soak notices
"""
