type Column = Float64Array | Int32Array | Uint8Array;

const FIRST_CAPACITY = 1_024;

/**
 * A typed column whose length is not known beforehand: it doubles where it is full, so that appending n numbers copies
 * fewer than 2n of them, and holds no more than the numbers themselves.
 */
export class GrowableColumn<Kind extends Column> {
	readonly #make: (length: number) => Kind;
	/** What rows get that were never set. */
	readonly #missing: number;
	#column: Kind;
	#length = 0;

	constructor(make: (length: number) => Kind, missing: number) {
		this.#make = make;
		this.#missing = missing;
		this.#column = make(FIRST_CAPACITY);
	}

	/** Sets the number of a row at or past the end; rows between get the missing number. */
	set(row: number, value: number): void {
		this.#fillTo(row);
		this.#reserve(row + 1);
		this.#column[row] = value;
		this.#length = Math.max(this.#length, row + 1);
	}

	/** The number of a row; the missing one where it was never set. */
	get(row: number): number {
		return row < this.#length ? (this.#column[row] as number) : this.#missing;
	}

	/** The first `rows` numbers, in an array of their own. */
	finish(rows: number): Kind {
		this.#fillTo(rows);
		return this.#column.slice(0, rows) as Kind;
	}

	#fillTo(row: number): void {
		if (row <= this.#length) return;
		this.#reserve(row);
		this.#column.fill(this.#missing, this.#length, row);
		this.#length = row;
	}

	#reserve(length: number): void {
		if (length <= this.#column.length) return;
		const larger = this.#make(Math.max(length, 2 * this.#column.length));
		larger.set(this.#column.subarray(0, this.#length));
		this.#column = larger;
	}
}

/** A growable column of doubles; rows never set are NaN. */
export function growableFloats(): GrowableColumn<Float64Array> {
	return new GrowableColumn((length) => new Float64Array(length), Number.NaN);
}

/** A growable column of small whole numbers. */
export function growableBytes(missing: number): GrowableColumn<Uint8Array> {
	return new GrowableColumn((length) => new Uint8Array(length), missing);
}

/** A growable column of whole numbers. */
export function growableIntegers(missing: number): GrowableColumn<Int32Array> {
	return new GrowableColumn((length) => new Int32Array(length), missing);
}
