"""What the blocking and the asyncio half of the package share: everything that does not wait."""
