/** How large a chart is drawn, in the pixels of its own plane; text does not shrink with the screen, so each has its drawing. */
export interface ChartSize {
	readonly name: "wide" | "narrow";
	readonly width: number;
	readonly height: number;
}

export const WIDE: ChartSize = { name: "wide", width: 760, height: 400 };
export const NARROW: ChartSize = { name: "narrow", width: 340, height: 340 };
