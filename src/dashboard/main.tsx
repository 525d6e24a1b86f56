import { render } from "preact";
import { App } from "./app/app.tsx";
import "./style/dashboard.css";

const place = document.getElementById("dashboard");
if (place === null) throw new Error("The page has no place for the dashboard.");
render(<App />, place);
