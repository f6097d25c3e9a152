// What is pasted where, so that a blog sends its comments here: WordPress, any Akismet client, the widget, the API.
import { post } from "./api.js";
import { h, Component, Button, Copyable, Trouble, sentence } from "./ui.js";

// The words that stand where a secret belongs that is not on view.
const kToken = "TOKEN";
const kKey = "KEY";

export const wordpress = (service) => `<?php
const CHAFFINCH = '${service}';
add_filter( 'pre_http_request', function ( $answer, $args, $url ) {
	$parts = wp_parse_url( $url );
	if ( ! preg_match( '/^(?:([0-9a-f]{12})\\.)?rest\\.akismet\\.com$/i', $parts['host'] ?? '', $host ) ) {
		return $answer;
	}
	unset( $args['headers']['Host'], $args['headers']['host'] );
	if ( ! empty( $host[1] ) && is_string( $args['body'] ) ) { // plugins before 5.0 have the key in the host's name
		$args['body'] .= '&api_key=' . $host[1];
	}
	$query = isset( $parts['query'] ) ? '?' . $parts['query'] : '';
	return wp_remote_request( CHAFFINCH . $parts['path'] . $query, $args );
}, 10, 3 );
`;
export const widget = (service, site) => `<div id="chaffinch" data-site="${site}"></div>
<script src="${service}/embed.js" async></script>
`;
export const api = (service, token) => `curl ${service}/v1/comments \\
  -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' \\
  -d '{"article": {"id": "/hello"}, "author": {"name": "Ana"}, "content": "A first comment"}'
`;
const bare = (url) => (/^https?:\/\/[A-Za-z0-9.:[\]-]+(?:\/[A-Za-z0-9._~/-]*)?$/.test(url) ? url : "https://blog.example");
export const akismet = (service, key, blog) => `curl ${service}/1.1/verify-key -d key=${key} -d blog=${bare(blog)}; echo
curl ${service}/1.1/comment-check -d api_key=${key} -d blog=${bare(blog)} \\
  -d user_ip=192.0.2.66 -d comment_author=viagra-test-123; echo
`;

const Part = ({ title, open, children }) => h("details", { class: "setup", open }, h("summary", null, title), h("div", { class: "lines" }, children));

// `token` of a front end and `akismet_key` where they are known; `make` gets a new one of a role, where one may.
export class SetUp extends Component {
  constructor(props) {
    super(props);
    this.state = { token: props.token, key: props.akismet_key, busy: "", problem: null };
  }
  async make(role) {
    this.setState({ busy: role, problem: null });
    try {
      const name = role === "akismet" ? `Akismet clients of ${this.props.site.id}` : `front end of ${this.props.site.id}`;
      const made = await post("/v1/tokens", { role, site: this.props.site.id, name });
      this.setState({ busy: "", [role === "akismet" ? "key" : "token"]: made.token });
    } catch (problem) {
      this.setState({ busy: "", problem });
    }
  }
  secret(role, value, label) {
    if (value) return h("div", null, h("p", null, `${sentence(label).slice(0, -1)}: shown only now. Keep it where no reader of the blog sees it.`), h(Copyable, { text: value, label, secret: true }));
    const busy = this.state.busy === role;
    return h("p", { class: "bar" }, h("span", null, `In place of ${role === "akismet" ? kKey : kToken} stands the one that was shown when it was made.`), h(Button, { busy, onClick: () => this.make(role) }, busy ? "Making…" : `Make a new ${role === "akismet" ? "key" : "token"}`));
  }
  render({ site }, { token, key, problem }) {
    const service = location.origin;
    const fresh = Boolean(this.props.token);
    return h(
      "div",
      { class: "setups" },
      problem && h(Trouble, { problem }),
      h(
        Part,
        { title: "WordPress, with its Akismet plugin", open: fresh },
        this.secret("akismet", key, "Akismet key"),
        h("ol", null, h("li", null, "Put this into ", h("code", null, "wp-content/mu-plugins/chaffinch.php"), ". It sends what the plugin asks here instead."), h("li", null, "Type the key into the settings of the Akismet plugin.")),
        h(Copyable, { text: wordpress(service), label: "must-use plugin for WordPress" }),
      ),
      h(
        Part,
        { title: "Any other Akismet client" },
        h("p", null, "Set its host or base URL to this service, instead of ", h("code", null, "rest.akismet.com"), ", and give it the key."),
        h(Copyable, { text: service, label: "address of this service" }),
        this.secret("akismet", key, "Akismet key of other clients"),
        h("p", null, "To try it: the first line answers ", h("code", null, "valid"), ", the second ", h("code", null, "true"), "."),
        h(Copyable, { text: akismet(service, key ?? kKey, site.url), label: "trial of the Akismet key" }),
      ),
      h(
        Part,
        { title: "A page without a comment system: the widget", open: fresh },
        h("p", null, "Two lines where the comments should stand. ", site.origins.length || site.url ? "Pages under the site's URL and origins may load it." : h("strong", null, "First give the site its URL or origins below: only their pages may load it.")),
        h(Copyable, { text: widget(service, site.id), label: "widget" }),
        h("p", { class: "soft" }, "A page with a Content-Security-Policy allows ", h("code", null, `script-src ${service}; connect-src ${service}`), ", nothing else."),
      ),
      h(
        Part,
        { title: "Your own front end: the API", open: fresh },
        this.secret("frontend", token, "front-end token"),
        h(Copyable, { text: api(service, token ?? kToken), label: "call of the API" }),
        h("p", { class: "soft" }, "All calls are described in ", h("a", { href: "/v1/openapi.json" }, "/v1/openapi.json"), "."),
      ),
    );
  }
}
