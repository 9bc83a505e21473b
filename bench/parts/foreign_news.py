"""Sentences of invented news in languages other than English, for `bench.parts.mixed_news`.

Each language has some about this and that, and some in which a state takes a stance; who reads them is not known here.
"""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """Templates of a language; `{first}` and `{second}` are states, the second in the form that the template needs."""

    #: About this and that.
    plainly: tuple[str, ...]
    #: In which a state takes a stance.
    telling_ones: tuple[str, ...]
    #: States, each as subject and as it stands after the words of the templates.
    states: tuple[tuple[str, str], ...]
    towns: tuple[str, ...]

    def plain(self, source: random.Random) -> str:
        """A sentence without a stance."""
        return self._filled(source, self.plainly)

    def telling(self, source: random.Random) -> str:
        """A sentence with one."""
        return self._filled(source, self.telling_ones)

    def _filled(self, source: random.Random, templates: tuple[str, ...]) -> str:
        (first, _), (_, second) = source.sample(self.states, 2)
        town, number = source.choice(self.towns), source.randint(11, 990)
        return source.choice(templates).format(first=first, second=second, town=town, number=number)


_TOWNS = ("Arvika", "Tornby", "Velmont", "Kisora", "Hadrun", "Marsley", "Pontello", "Lisveld")
_CYRILLIC = ("Арвика", "Торнби", "Вельмон", "Кисора", "Хадрун", "Марсли", "Понтелло", "Лисвельд")

FOREIGN = {
    "ru": Foreign(
        plainly=(
            "В городе {town} открыли новый мост, и движение по набережной идёт без пробок.",
            "Всего на праздник пришли {number} человек, больше, чем в прошлом году.",
            "Музей показывает {number} фотографий, среди них вид на гавань.",
            "Поезда до города {town} с понедельника заменят автобусами.",
            "Дождь прекратился к полудню, и дороги высохли.",
            "Цены на хлеб и молоко выросли, а плата за жильё осталась прежней.",
            "Библиотека закрыта на ремонт до весны, сообщили жителям.",
        ),
        telling_ones=(
            "{first} осудила решение {second} закрыть паромную линию.",
            "{first} поддержала предложение {second} о новых переговорах.",
            "МИД {second} отверг обвинения, которые выдвинула {first}.",
        ),
        states=(
            ("Норвегия", "Норвегии"), ("Финляндия", "Финляндии"), ("Япония", "Японии"), ("Сербия", "Сербии"),
            ("Бразилия", "Бразилии"), ("Турция", "Турции"), ("Кения", "Кении"),
        ),
        towns=_CYRILLIC,
    ),
    "uk": Foreign(
        plainly=(
            "У місті {town} відкрили новий міст, і рух набережною йде без заторів.",
            "На свято прийшли {number} людей, більше, ніж торік.",
            "Музей показує {number} світлин, серед них краєвид гавані.",
            "Дощ припинився до полудня, і дороги висохли.",
            "Бібліотеку зачинено на ремонт до весни, повідомили мешканцям.",
        ),
        telling_ones=("{first} засудила рішення {second} закрити поромну лінію.",),
        states=(("Норвегія", "Норвегії"), ("Фінляндія", "Фінляндії"), ("Японія", "Японії")),
        towns=_CYRILLIC,
    ),
    "fr": Foreign(
        plainly=(
            "Un nouveau pont a été ouvert à {town}, et la circulation sur le quai est fluide.",
            "Quelque {number} personnes sont venues à la fête, plus que l'année dernière.",
            "Le musée expose {number} photographies, dont une vue du port.",
            "Les trains pour {town} seront remplacés par des autocars à partir de lundi.",
            "La pluie a cessé avant midi et les routes ont séché.",
            "Le prix du pain a augmenté, tandis que les loyers sont restés les mêmes.",
            "La bibliothèque est fermée pour travaux jusqu'au printemps.",
        ),
        telling_ones=(
            "{first} a condamné la décision {second} de fermer la ligne de ferry.",
            "{first} a salué la proposition {second} de nouveaux pourparlers.",
            "{first} a rejeté les accusations {second}.",
        ),
        states=(
            ("La Norvège", "de la Norvège"), ("La Finlande", "de la Finlande"), ("La Serbie", "de la Serbie"),
            ("Le Brésil", "du Brésil"), ("La Turquie", "de la Turquie"), ("Le Kenya", "du Kenya"),
        ),
        towns=_TOWNS,
    ),
    "de": Foreign(
        plainly=(
            "In {town} wurde eine neue Brücke eröffnet, und der Verkehr am Ufer fließt wieder.",
            "Rund {number} Menschen kamen zum Fest, mehr als im vergangenen Jahr.",
            "Das Museum zeigt {number} Fotografien, darunter einen Blick auf den Hafen.",
            "Der Regen hörte vor Mittag auf, und die Straßen trockneten.",
            "Die Bücherei bleibt wegen Umbaus bis zum Frühjahr geschlossen.",
        ),
        telling_ones=("{first} hat die Entscheidung {second} verurteilt, die Fährlinie zu schließen.",),
        states=(("Norwegen", "Norwegens"), ("Finnland", "Finnlands"), ("Serbien", "Serbiens")),
        towns=_TOWNS,
    ),
    "es": Foreign(
        plainly=(
            "En {town} se abrió un puente nuevo y el tráfico por el muelle es fluido.",
            "Unas {number} personas acudieron a la fiesta, más que el año pasado.",
            "El museo muestra {number} fotografías, entre ellas una vista del puerto.",
            "La lluvia cesó antes del mediodía y las carreteras se secaron.",
            "La biblioteca está cerrada por obras hasta la primavera.",
        ),
        telling_ones=("{first} condenó la decisión de {second} de cerrar la línea de transbordadores.",),
        states=(("Noruega", "Noruega"), ("Finlandia", "Finlandia"), ("Serbia", "Serbia")),
        towns=_TOWNS,
    ),
    "tr": Foreign(
        plainly=(
            "{town} kentinde yeni bir köprü açıldı ve rıhtımda trafik akıcı.",
            "Şenliğe yaklaşık {number} kişi geldi, geçen yıldan daha fazla.",
            "Müze, aralarında limandan bir görünümün de bulunduğu {number} fotoğraf sergiliyor.",
            "Yağmur öğleden önce durdu ve yollar kurudu.",
        ),
        telling_ones=("{first}, feribot hattını kapatma kararı nedeniyle {second} kınadı.",),
        states=(("Norveç", "Norveç'i"), ("Finlandiya", "Finlandiya'yı"), ("Sırbistan", "Sırbistan'ı")),
        towns=_TOWNS,
    ),
}  # fmt: skip
