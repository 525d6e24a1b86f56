/** Evidence as people read it: by how many times it speaks for something, from the natural logarithm that it is kept as. */
export function showTimes(logEvidence: number): string {
	const times = Math.exp(logEvidence);
	if (times >= 1e6) return `×10^${Math.floor(logEvidence / Math.LN10)}`;
	if (times >= 100) return `×${Math.round(times).toLocaleString("en-GB")}`;
	return `×${times.toLocaleString("en-GB", { maximumSignificantDigits: 2 })}`;
}
