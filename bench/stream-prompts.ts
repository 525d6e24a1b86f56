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

/** All beginnings with one seed, then with the next, without end. */
export function* seededPrompts(): Generator<SeededPrompt, never> {
	for (let seed = 1; ; seed++) for (const text of BEGINNINGS) yield { text, seed };
}
