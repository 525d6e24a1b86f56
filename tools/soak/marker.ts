/** What of an answer shows whose it is: `mk-`, the tenant's name, and twelve hexadecimal digits that no other request has. */
export const MARKERS = /mk-[a-z]+-[0-9a-f]{12}/gu;

/** The marker of the tenant's n-th request of this run. */
export function markerOf(tenant: string, number: number, random: () => number): string {
	const noise = Math.floor(random() * 0x1_0000).toString(16);
	return `mk-${tenant}-${number.toString(16).padStart(8, "0")}${noise.padStart(4, "0")}`;
}

/** The first marker in a text; undefined where there is none. */
export function firstMarker(text: string): string | undefined {
	return text.match(MARKERS)?.[0];
}

/** A number in [0, 1) that depends on a text alone: FNV-1a, stirred once more, since its low bits alone are poor. */
export function unitOf(text: string): number {
	let hash = 0x811c9dc5;
	for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
	hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
	hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
	return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

const CATEGORIES = ["hate", "harassment", "self-harm", "sexual", "violence", "illicit"] as const;

/** Categories that a request's text is flagged for, at least one: what its marker says, so that another's verdict shows. */
export function flaggedCategories(marker: string): string[] {
	const chosen = CATEGORIES.filter((category) => unitOf(`${marker} ${category}`) < 0.5);
	return chosen.length === 0 ? [CATEGORIES[0]] : chosen;
}

/** The score of a flagged text in every answer of the far side to its request. */
export function scoreOf(marker: string): number {
	return 0.5 + unitOf(`${marker} score`) / 2;
}

/** The two labels that a request asks to choose from, and the one that is right. */
export function labelsOf(marker: string): { readonly labels: readonly [string, string]; readonly right: string } {
	const labels = [`${marker}-aye`, `${marker}-nay`] as const;
	return { labels, right: unitOf(`${marker} label`) < 0.5 ? labels[0] : labels[1] };
}

/** What a request's text begins with, so that the far side knows what is asked of it. */
export const ASKS = { chat: "[letter]", classification: "[label]", moderation: "[judge]" } as const;
