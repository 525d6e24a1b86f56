const BEGINNINGS = [
	"The captain stood upon the deck and",
	"In the morning the whole crew",
	"There is nothing in the world so",
	"Now the whale was seen",
	"He had never been to sea before, but",
	"Towards evening the wind",
	"It was a strange thing that the old man",
	"Of all the ships that sailed",
	"When the boats were lowered",
	"The harpooneer looked at me and",
	"Some years ago, in a small town,",
	"And still the sea",
	"We had been three weeks at sea when",
	"The mate gave the order to",
	"Who can say what a whale",
	"That night I could not sleep, for",
	"The carpenter was at work upon",
	"Far away to the south",
	"By this time the sun",
	"No man on board had ever",
] as const;

/** A prompt and its seed: with the same seed a model gives the same answer, however it is decided on. */
export interface SeededPrompt {
	readonly text: string;
	readonly seed: number;
}

/** So many rounds of all beginnings, each with a seed of its own. */
export function seededPrompts(rounds: number): SeededPrompt[] {
	return Array.from({ length: rounds }, (_, seed) => BEGINNINGS.map((text) => ({ text, seed: seed + 1 }))).flat();
}
