// The way in: a token that is pasted, or a link's code that signs in once.
import { post } from "./api.js";
import { h, Component, Button, TextField, sentence } from "./ui.js";

// `done(who)` when there is a session. `code`: of a sign-in link.
export class SignIn extends Component {
  constructor(props) {
    super(props);
    this.state = { token: "", busy: Boolean(props.code), problem: null };
  }
  componentDidMount() {
    if (this.props.code) this.enter({ code: this.props.code });
  }
  async enter(body) {
    this.setState({ busy: true, problem: null });
    try {
      const who = await post("/desk/session", body, { quiet: true });
      this.setState({ token: "", busy: false });
      this.props.done(who);
    } catch (problem) {
      this.setState({ busy: false, problem });
    }
  }
  render({ why }, { token, busy, problem }) {
    return h(
      "form",
      {
        class: "signin",
        onSubmit: (event) => {
          event.preventDefault();
          if (token.trim() && !busy) this.enter({ token: token.trim() });
        },
      },
      why && h("p", null, why),
      // A password manager keeps a token under a name, of which there is but one.
      h("input", { type: "text", name: "username", autocomplete: "username", value: "Chaffinch desk", hidden: true, readonly: true }),
      h(TextField, {
        label: "Token",
        hint: ["Of a moderator or an admin. ", h("code", null, "chaffinch token create --role moderator"), " makes one, and prints a link that signs in without it."],
        error: problem && [problem.message, problem.advice].filter(Boolean).map(sentence).join(" "),
        value: token,
        set: (text) => this.setState({ token: text }),
        type: "password",
        name: "token",
        autocomplete: "current-password",
        autofocus: true,
        required: true,
      }),
      h(Button, { type: "submit", kind: "primary", busy }, busy ? "Signing in…" : "Sign in"),
    );
  }
}
