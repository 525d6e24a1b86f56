import { ReportsIcon } from "../../parts/icons.tsx";
import type { View } from "../view.ts";

export const reportsView: View = {
	name: "reports",
	title: "Reports",
	about: "",
	icon: ReportsIcon,
	needsCascade: true,
	Component: () => <p />,
};
