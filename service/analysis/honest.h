// Sentences as honest people write them under articles, in the languages of the shipped packs and a few more:
// what no pattern should hit by half. Written for this purpose; nobody's words. Pure data.
#pragma once

#include <string_view>

namespace chaffinch {

struct HonestSentence {
  std::string_view language;  // ISO 639-1
  std::string_view text;
};

inline constexpr HonestSentence kHonest[] = {
    {"en", "Thank you for writing this up, I had the same trouble with my bike last winter."},
    {"en", "I don't agree with the second point: the new road made the traffic worse, not better."},
    {"en", "Could you tell us which version you used? With 2.4 the example stops with an error here."},
    {"en", "My grandmother baked it with honey instead of sugar, and it kept for a whole week."},
    {"en", "The link to the slides is broken; they are at https://slides.example.org/talks/2019 now."},
    {"en", "We watched the match with 30 people in the garden, what an evening!"},
    {"de", "Vielen Dank für den Artikel, das hat mir bei der Steuererklärung wirklich geholfen."},
    {"de", "Ich sehe das anders: In unserer Straße ist es seit dem Umbau viel ruhiger geworden."},
    {"de", "Welche Farbe hast du für die Fenster genommen? Auf dem Bild sieht sie eher grau aus."},
    {"de", "Gestern waren wir mit den Kindern dort, der Weg ist auch mit Wagen gut zu gehen."},
    {"de", "Bei mir geht es erst, wenn ich den Rechner neu starte. Woran kann das liegen?"},
    {"de", "Schöne Fotos! Das dritte erinnert mich an unseren Urlaub auf der Insel vor zehn Jahren."},
    {"fr", "Merci pour cet article, je cherchais justement comment réparer ma vieille machine à coudre."},
    {"fr", "Je ne suis pas d'accord avec vous, le maire avait promis tout autre chose en 2014."},
    {"fr", "Est-ce que quelqu'un sait à quelle heure ouvre la bibliothèque le samedi ?"},
    {"fr", "Nous avons essayé la recette dimanche, les enfants ont adoré et il n'en reste plus."},
    {"fr", "Petite erreur dans le deuxième paragraphe : la bataille a eu lieu un an plus tôt."},
    {"fr", "Quelle belle balade, j'y retournerai au printemps avec mes parents."},
    {"es", "Muchas gracias por explicarlo tan bien, por fin entiendo la diferencia entre los dos."},
    {"es", "No estoy de acuerdo: en mi barrio los autobuses pasan ahora mucho más tarde que antes."},
    {"es", "¿Alguien sabe si el museo abre los lunes? En la página no lo dicen."},
    {"es", "Lo hice ayer con lentejas en lugar de garbanzos y quedó muy rico."},
    {"es", "A mí me pasó lo mismo con el teléfono y al final era el cable."},
    {"es", "Me encantó la foto del faro, ¿con qué cámara la hiciste?"},
    {"pt", "Obrigado pelo texto, ajudou muito a minha filha com o trabalho da escola."},
    {"pt", "Não concordo com o autor, a situação na nossa cidade é bem diferente."},
    {"pt", "Alguém sabe se o trem para no domingo? Vou com a minha mãe e ela anda devagar."},
    {"pt", "Fiz a receita ontem, só troquei o leite por água e ficou ótimo."},
    {"pt", "Tive o mesmo problema e resolvi depois de trocar a bateria."},
    {"pt", "Que saudade dessa praia, fomos todos os anos quando eu era criança."},
    {"ru", "Спасибо за статью, очень понятно объяснили, наконец разобрался с настройкой."},
    {"ru", "Не соглашусь с автором: у нас во дворе после ремонта стало только хуже."},
    {"ru", "Подскажите, пожалуйста, какая версия у вас стоит? У меня выдаёт ошибку."},
    {"ru", "Вчера испекла этот пирог, вся семья довольна, буду готовить ещё."},
    {"ru", "Мы были там летом с детьми, вода холодная, но вид замечательный."},
    {"ru", "В третьем абзаце опечатка, исправьте, если будет время."},
    {"id", "Terima kasih atas penjelasannya, saya baru paham setelah membaca tulisan ini."},
    {"id", "Saya kurang setuju, di kampung kami harga beras justru naik bulan lalu."},
    {"id", "Apakah ada yang tahu jam buka perpustakaan pada hari Sabtu?"},
    {"id", "Kemarin saya coba resepnya, anak-anak suka sekali dan langsung habis."},
    {"id", "Saya mengalami hal yang sama, ternyata kabelnya yang rusak."},
    {"id", "Fotonya bagus sekali, jadi ingin pulang ke rumah nenek."},
    {"zh", "谢谢分享，按照你的方法终于修好了我的旧自行车。"},
    {"zh", "我不太同意作者的看法，我们这里的情况完全不一样。"},
    {"zh", "请问您用的是哪个版本？我这里运行的时候会报错。"},
    {"zh", "昨天和家人一起做了这道菜，孩子们都很喜欢。"},
    {"zh", "第三段好像有一个错字，麻烦改一下。"},
    {"zh", "去年夏天我们也去过那里，风景真的很美。"},
    {"it", "Grazie dell'articolo, mi ha aiutato a sistemare la vecchia radio di mio padre."},
    {"it", "Non sono d'accordo, nel nostro paese la piazza era molto più bella prima."},
    {"it", "Qualcuno sa a che ora apre il mercato il sabato mattina?"},
    {"it", "Ieri abbiamo provato la ricetta con le mele al posto delle pere, buonissima."},
    {"nl", "Bedankt voor het stuk, ik zocht al lang naar een goede uitleg hierover."},
    {"nl", "Daar ben ik het niet mee eens, in onze straat is het juist drukker geworden."},
    {"nl", "Weet iemand of de winkel op zondag open is? Op de site staat het niet."},
    {"nl", "Gisteren met de kinderen gelopen, mooie route en overal goed te doen."},
    {"pl", "Dziękuję za ten wpis, dzięki niemu naprawiłem stary rower po dziadku."},
    {"pl", "Nie zgadzam się z autorem, u nas na osiedlu jest teraz dużo gorzej."},
    {"pl", "Czy ktoś wie, o której otwierają bibliotekę w sobotę?"},
    {"pl", "Wczoraj upiekłam to ciasto i dzieci zjadły wszystko od razu."},
    {"tr", "Yazı için teşekkürler, sonunda aradaki farkı anladım."},
    {"tr", "Yazara katılmıyorum, bizim mahallede durum çok daha farklı."},
    {"tr", "Kütüphanenin cumartesi günü kaçta açıldığını bilen var mı?"},
    {"tr", "Dün bu yemeği yaptım, çocuklar çok beğendi."},
    {"ja", "わかりやすい説明をありがとうございます。やっと違いが理解できました。"},
    {"ja", "私は少し違う意見です。うちの町では前よりも不便になりました。"},
    {"ja", "土曜日の図書館は何時に開くか、どなたかご存じですか。"},
    {"ja", "昨日このレシピで作ったら、家族みんなに好評でした。"},
};

}  // namespace chaffinch
