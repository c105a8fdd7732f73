/** The median and the extremes of a list of numbers. */
export function summaryOf(numbers) {
  const sorted = [...numbers].sort((left, right) => left - right);
  return { median: medianOf(sorted), least: sorted[0], most: sorted[sorted.length - 1], samples: sorted.length };
}

function medianOf(sorted) {
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The power of the size by which the cost grows at the large end of a curve: 0 flat, 1 linear, 2 square. Fitted to the last three points. */
export function exponentOf(points) {
  const last = points.slice(-3).map(([size, cost]) => [Math.log(size), Math.log(Math.max(cost, 1e-9))]);
  const [meanSize, meanCost] = [0, 1].map((axis) => last.reduce((sum, point) => sum + point[axis], 0) / last.length);
  const covariance = last.reduce((sum, [size, cost]) => sum + (size - meanSize) * (cost - meanCost), 0);
  const variance = last.reduce((sum, [size]) => sum + (size - meanSize) ** 2, 0);
  return covariance / variance;
}

/** Peer ÷ ours: how many times less ours is. */
export function ratioOf({ ours, peer }) {
  return ours && peer ? peer.median / Math.max(ours.median, 1e-9) : undefined;
}

/** Whether a metric's goals are reached; `undefined` where there is none. */
export function isReached(metric) {
  const { goal, ours, peer, floor, bare } = metric;
  if (goal === undefined) return undefined;
  const tests = {
    ratio: (wanted) => ratioOf(metric) >= wanted,
    atMost: (wanted) => ours.median <= wanted,
    floor: () => ours.median <= floor.median * 1.05,
    lessBy: (wanted) => peer.median - ours.median >= wanted,
    ofFloor: (wanted) => ours.median <= wanted * floor.median,
    ofBare: (wanted) => ours.median <= wanted * bare.median,
    ofAdded: (wanted) => ours.median - floor.median <= wanted * (peer.median - floor.median),
  };
  return Object.entries(goal).every(([name, wanted]) => tests[name](wanted));
}
