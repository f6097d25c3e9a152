// People who comment, and what they write: as on a garden blog, each with a label (ham, spam, abuse) that a moderator would give.
const kNames = [
  "Ana Ferreira",
  "Jonas Lindqvist",
  "Mei-Ling Chu",
  "Tom Okafor",
  "Priya Raman",
  "Ewa Nowak",
  "Sören Holm",
  "Leila Haddad",
  "Marco Bianchi",
  "Ruth Adler",
  "عمر حداد",
  "Катя Орлова",
  "Hiro Tanaka",
  "Nia Owens",
  "Pavel Dvořák",
  "Inés Calvo",
];
const kArticles = [
  { id: "/2026/beans", title: "Beans, and how to grow them" },
  { id: "/2026/compost", title: "Compost in a wet winter" },
  { id: "/2026/pruning-roses", title: "Pruning old roses without fear" },
  { id: "/2026/slugs", title: "Slugs: what worked and what did not" },
];
const kHam = [
  "I tried this on the north side of the house last spring and the beans came up ten days later than yours, but they did come up.",
  "Does the advice about watering in the evening hold for clay soil, too? Mine stays wet until noon and the slugs love it.",
  "My grandmother swore by crushed eggshells. I never saw that they keep a single slug away, whatever she said.",
  "Thank you for the drawing of where to cut. I had been taking off far too much every February.",
  "The second photograph seems to show a climbing rose and not a rambler. They want different pruning, don't they?",
  "We turned the heap every three weeks and it still went sour. In the end it was the grass clippings, much too many at once.",
  "There is a small mistake in the table: the sowing depth for broad beans should be five centimetres, I think.",
  "What do you do with the stakes over winter? Ours rot at the bottom after two years, even the chestnut ones.",
  "I disagree about the copper tape. It worked on pots for us, though not on the raised beds.",
  "Lovely piece. I read it aloud to my father, who kept roses for forty years, and he nodded all the way through.",
  "Is there a way to get the old comments of the 2019 post back? Somebody had a very good recipe for nettle feed there.",
  "The link to the seed library in the third paragraph leads nowhere now. I believe that they moved to the town hall.",
  "Here in Porto we sow in October and harvest in March, so the calendar needs turning upside down for us.",
  "Could you write about hedgehogs next? Since we left a gap under the fence there are no slugs to speak of.",
  "I measured the temperature inside the heap: 58 degrees after four days, then down to 30 within a week. Is that normal?",
  "Between you and me, I stopped pruning altogether and the roses have never looked better. Laziness wins.",
];
const kSpam = [
  "Lose 12 kilos in three weeks without any diet, doctors are furious about this simple kitchen trick, order the free sample today at https://slim-{n}.example/order",
  "Best replica watches and handbags, worldwide shipping and a full refund guarantee, look at our catalogue https://replica-{n}.example/",
  "Hello dear admin, we can bring your site to the first page of every search engine within a month, ask for our cheap offer at seo{n}@rank.example",
  "Earn 4,000 dollars a week from home, no experience wanted, my cousin bought a car after one month, details under https://homejob-{n}.example/start",
  "Buy cheap pills online without a prescription, discreet delivery, 70 percent off all week, https://pharma-{n}.example/shop",
];
const kAbuse = [
  "Only a complete idiot would plant beans there, and whoever taught you to write should be ashamed. Shut up and stop pestering people, {n}.",
  "You people are pathetic liars, every one of you. Nobody with a brain would read this rubbish twice, I counted {n} stupid claims.",
];

// `count` comments, none like another; about one in five is spam, one in ten an insult.
export function people(count) {
  return Array.from({ length: count }, (_, at) => {
    const label = at % 5 === 3 ? "spam" : at % 10 === 6 ? "abuse" : "ham";
    const one = (list) => list[(at * 7 + Math.floor(at / list.length)) % list.length].replaceAll("{n}", String(at + 11));
    const content =
      label === "spam" ? one(kSpam) : label === "abuse" ? one(kAbuse) : `${one(kHam)} ${kHam[(at * 5 + 3) % kHam.length]} (${at + 1})`;
    const name = kNames[at % kNames.length];
    return {
      label,
      content: `${at + 1}. ${content}`,
      author: { name: `${name} ${at + 1}`, email: `reader${at + 1}@mail.example` },
      client: {
        ip: `198.51.100.${at + 1}`,
        user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        referrer: "https://blog.example/",
      },
      article: { ...kArticles[at % kArticles.length], url: "" },
    };
  });
}
