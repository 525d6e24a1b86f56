import { useEffect, useState } from "preact/hooks";

/** `system`: as the browser prefers. */
export type Theme = "system" | "light" | "dark";

/** Kept for the next time; it says nothing of anybody. */
const THEME_ITEM = "edge-cascade.theme";

/** The chosen theme, which `data-theme` of the page follows. */
export function useTheme(): readonly [Theme, (theme: Theme) => void] {
	const [theme, setTheme] = useState<Theme>(() => themeOf(localStorage.getItem(THEME_ITEM)));
	useEffect(() => {
		document.documentElement.dataset["theme"] = theme;
		localStorage.setItem(THEME_ITEM, theme);
	}, [theme]);
	return [theme, setTheme];
}

function themeOf(stored: string | null): Theme {
	return stored === "light" || stored === "dark" ? stored : "system";
}
