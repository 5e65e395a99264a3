"""The parts of the package that do not wait: the blocking and the asyncio half share them."""
