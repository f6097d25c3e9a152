// What the pages share. Each of them names it, so that the build makes one file of it all: a browser asks for that once and beside
// app.js, and not for a file for each set of pages that have something in common.
import "./api.js";
import "./asked.js";
import "./deeds.js";
import "./filters.js";
import "./format.js";
import "./nav.js";
import "./preact.js";
import "./text.js";
import "./ui.js";
