/** Burns one core until it is ended, or for an hour at the most: the neighbour that every shared machine has. */
const endMs = performance.now() + 3_600_000
while (performance.now() < endMs) Math.sqrt(Math.random())
