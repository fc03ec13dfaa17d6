"""The stylesheet, written from the tokens of the theme; no colour and no size stands here itself.

Widgets say what they are by properties: `kind` of a button, `role` of a label, `surface` of a
frame, `state` of a field.
"""

from collections.abc import Callable, Mapping
from string import Template

_TEXT = Template("""
QAbstractScrollArea { background: transparent; border: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QMainWindow, QDialog, QWidget[surface="ground"] { background: $ground; }
QWidget[surface="plain"] { background: $surface; }
QFrame[surface="card"] {
  background: $surface; border: 1px solid $line; border-radius: ${p12}px; }
QFrame[surface="popup"] {
  background: $surface; border: 1px solid $edge; border-radius: ${p12}px; }
QFrame[surface="attention"] {
  background: $attention_ground; border: 1px solid $attention_line; border-radius: ${p12}px; }
QFrame[surface="bad"] {
  background: $bad_ground; border: 1px solid $bad_line; border-radius: ${p12}px; }
QFrame[surface="good"] {
  background: $good_ground; border: 1px solid $good_line; border-radius: ${p12}px; }
QFrame[surface="accent"] {
  background: $accent_ground; border: 1px solid $accent_ground; border-radius: ${p12}px; }
QFrame[surface="pill"] {
  background: $attention_ground; border: 1px solid $attention_line; border-radius: ${p8}px; }
QFrame[surface="line"] { background: $line; border: none; max-height: 1px; min-height: 1px; }
QFrame[surface="side"] { background: $surface; border: none; border-right: 1px solid $line; }
QFrame[surface="right"] { background: $surface; border: none; border-left: 1px solid $line; }
QFrame[surface="foot"] { background: $surface; border: none; border-top: 1px solid $line; }
QFrame[surface="top"] { background: $surface; border: none; border-bottom: 1px solid $line; }
QFrame[surface="calm-line"] { background: $raised; border: none; border-bottom: 1px solid $line; }
QFrame[surface="attention-line"] {
  background: $attention_ground; border: none; border-bottom: 1px solid $attention_line; }
QFrame[surface="bad-line"] {
  background: $bad_ground; border: none; border-bottom: 1px solid $bad_line; }

QLabel[role="title"] { font-size: ${p24}px; font-weight: 700; }
QLabel[role="heading"] { font-size: ${p17}px; font-weight: 700; }
QLabel[role="heading-small"] { font-size: ${p15}px; font-weight: 700; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="label"] { font-size: ${p13}px; font-weight: 500; }
QLabel[role="small"] { font-size: ${p13}px; color: $muted; }
QLabel[role="small-strong"] { font-size: ${p13}px; font-weight: 600; }
QLabel[role="here"] { color: $accent_text; font-weight: 600; }
QLabel[role="figure"] { font-size: ${p36}px; font-weight: 700; }
QLabel[role="brand"] { font-size: ${p18}px; font-weight: 700; color: $accent_text; }
QLabel[role="problem"] { font-size: ${p13}px; color: $bad; }
QLabel[role="bad"] { color: $bad; }
QLabel[role="good"] { color: $good; }
QLabel[role="problem-warning"] { font-size: ${p13}px; color: $attention; }
QLabel[role="link"] { color: $accent; }
""")

_BUTTONS = Template("""
QPushButton {
  background: $surface; border: 1px solid $edge; border-radius: ${p8}px; font-weight: 500;
  padding: 0 ${p16}px; min-height: ${p38}px; }
QPushButton:hover { background: $raised; border-color: $accent; }
QPushButton:pressed { background: $accent_ground; }
QPushButton:checked { background: $accent_ground; border-color: $accent; color: $accent_text; }
QPushButton:focus { border: 2px solid $accent; padding: 0 ${p15}px; min-height: ${p36}px; }
QPushButton:disabled { background: $raised; border-color: $line; color: $faint; }
QPushButton[kind="option"] { min-height: ${p40}px; padding: 0 ${p10}px; }
QPushButton[kind="option"]:checked:disabled {
  background: $accent_ground; border-color: $line; color: $muted; }
QPushButton[kind="option"]:focus { min-height: ${p38}px; padding: 0 ${p9}px; }
QPushButton[kind="primary"] {
  background: $accent; border-color: $accent; color: $on_accent; font-weight: 600; }
QPushButton[kind="primary"]:hover { background: $accent_strong; border-color: $accent_strong; }
QPushButton[kind="primary"]:pressed { background: $accent_text; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; }
QPushButton[kind="primary"]:disabled {
  background: $raised; border: 1px solid $line; color: $faint; }
QPushButton[kind="quiet"] { background: transparent; border-color: transparent; color: $accent; }
QPushButton[kind="quiet"]:hover { background: $accent_ground; }
QPushButton[kind="quiet"]:focus { border: 2px solid $accent; }
QPushButton[kind="quiet"]:disabled { background: transparent; color: $faint; }
QPushButton[kind="danger"] { color: $bad; border-color: $bad_line; }
QPushButton[kind="danger"]:hover { background: $bad_ground; border-color: $bad; }
QPushButton[kind="danger"]:focus { border: 2px solid $bad; }
QPushButton[kind="attention"] { background: $attention_ground; border-color: $attention_line; }
QPushButton[kind="alarm"] {
  background: $bad_ground; border-color: $bad_line; color: $bad; font-size: ${p14}px; }
QPushButton[kind="alarm"]:focus { border: 2px solid $bad; }
QPushButton[kind="link"] {
  background: transparent; border: none; border-radius: ${p4}px; color: $accent;
  padding: 0 ${p2}px; min-height: ${p24}px; text-align: left; font-weight: 400; }
QPushButton[kind="link"]:hover { text-decoration: underline; }
QPushButton[kind="link"]:focus { background: $accent_ground; border: none; }
QPushButton[kind="inline"] {
  background: transparent; border: none; border-radius: ${p4}px; color: $accent;
  padding: 0 ${p2}px; min-height: ${p16}px; font-size: ${p13}px; font-weight: 400; }
QPushButton[kind="inline"]:hover { text-decoration: underline; }
QPushButton[kind="inline"]:focus { background: $accent_ground; border: none; padding: 0 ${p2}px;
  min-height: ${p16}px; }
QPushButton[kind="icon"] {
  background: transparent; border: 1px solid transparent; padding: 0;
  min-height: ${p34}px; min-width: ${p34}px; }
QPushButton[kind="icon"]:hover { background: $raised; border-color: $line; }
QPushButton[kind="icon"]:focus { border: 2px solid $accent; }
QPushButton[kind="small"] { min-height: ${p26}px; padding: 0 ${p10}px; }
QPushButton[kind="small"]:focus { min-height: ${p24}px; padding: 0 ${p9}px; }
QPushButton[kind="danger"]:disabled, QPushButton[kind="alarm"]:disabled,
QPushButton[kind="link"]:disabled { color: $faint; }
QPushButton[kind="danger"]:disabled { border-color: $line; }
QPushButton[kind="place"] {
  background: transparent; border: 1px solid transparent; border-radius: ${p8}px;
  min-height: ${p40}px; padding: 0; text-align: left; }
QPushButton[kind="place"]:hover { background: $raised; }
QPushButton[kind="place"]:checked { background: $accent_ground; }
QPushButton[kind="place"]:focus { border: 2px solid $accent; }
QPushButton[kind="tab"] {
  background: transparent; border: 1px solid transparent; border-radius: ${p8}px;
  min-height: ${p38}px; padding: 0 ${p12}px; text-align: left; font-weight: 400; }
QPushButton[kind="tab"]:hover { background: $raised; }
QPushButton[kind="tab"]:checked {
  background: $accent_ground; color: $accent_text; font-weight: 600; }
QPushButton[kind="tab"]:focus { border: 2px solid $accent; padding: 0 ${p11}px; }
""")

_FIELDS = Template("""
QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QDateEdit, QSpinBox {
  background: $surface; border: 1px solid $edge; border-radius: ${p8}px;
  padding: 0 ${p12}px; min-height: ${p40}px;
  selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit[narrow="true"], QLineEdit[narrow="true"]:focus { padding: 0 ${p6}px; }
QPlainTextEdit, QTextEdit { padding: ${p8}px ${p8}px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QDateEdit:focus,
QSpinBox:focus { border: 2px solid $accent; padding: 0 ${p11}px; min-height: ${p38}px; }
QPlainTextEdit:focus, QTextEdit:focus { padding: ${p7}px ${p7}px; }
QLineEdit:read-only, QComboBox:disabled, QLineEdit:disabled, QPlainTextEdit:read-only {
  background: $raised; border-color: $line; color: $muted; }
QPlainTextEdit[surface="paper"]:read-only {
  background: $surface; color: $text; }
QLineEdit[state="bad"], QComboBox[state="bad"], QPlainTextEdit[state="bad"] {
  border-color: $bad; }
QLineEdit[state="changed"], QComboBox[state="changed"], QPlainTextEdit[state="changed"] {
  border-color: $accent; background: $accent_ground; }
QLineEdit[state="warning"], QComboBox[state="warning"], QPlainTextEdit[state="warning"] {
  border-color: $attention; }
QLineEdit[kind="search"] { background: $raised; }
QTextEdit[kind="reading"], QTextBrowser[kind="reading"] {
  background: $raised; border: 1px solid $line; border-radius: ${p8}px; padding: ${p12}px; }
QTextEdit[kind="reading"]:focus, QTextBrowser[kind="reading"]:focus {
  border: 2px solid $accent; padding: ${p11}px; }
QComboBox QLineEdit, QComboBox QLineEdit:focus {
  background: transparent; border: none; padding: 0; min-height: 0; }
QComboBox::drop-down { border: none; width: ${p28}px; }
QComboBox::down-arrow { image: none; width: 0; height: 0; }
QComboBox QAbstractItemView {
  background: $surface; border: 1px solid $edge; border-radius: ${p8}px; padding: ${p4}px;
  outline: none; selection-background-color: $accent_ground; selection-color: $accent_text; }
QComboBox QAbstractItemView::item { min-height: ${p34}px; padding: 0 ${p8}px; }
QCheckBox, QRadioButton { spacing: ${p10}px; min-height: ${p24}px; background: transparent; }
""")

_LISTS = Template("""
QTableView, QListView, QTreeView {
  background: $surface; border: none; outline: none; gridline-color: $line;
  selection-background-color: $accent_ground; selection-color: $text; }
QHeaderView, QHeaderView::section {
  background: $raised; border: none; border-bottom: 1px solid $line; color: $muted;
  font-size: ${p13}px; font-weight: 600; padding: 0 ${p4}px; min-height: ${p36}px; }
QHeaderView[kind="calm"]::section:first { padding-left: ${p13}px; }
QTableWidget::item { padding: 0 ${p8}px; border-bottom: 1px solid $line; }
QTableWidget::item:selected { background: $accent_ground; color: $text; }
QListWidget::item {
  background: $surface; border: 1px solid $line; border-radius: ${p8}px;
  padding: ${p8}px ${p12}px; margin-bottom: ${p6}px; color: $text; }
QListWidget::item:selected { background: $accent_ground; border-color: $accent; color: $text; }
QListWidget { background: transparent; }
QListWidget::item:selected:focus { border: 2px solid $accent; padding: ${p7}px ${p11}px; }
QMenu {
  background: $surface; border: 1px solid $edge; border-radius: ${p8}px; padding: ${p6}px; }
QMenu::item { padding: ${p8}px ${p28}px ${p8}px ${p14}px; border-radius: ${p6}px; }
QMenu::item:selected { background: $accent_ground; color: $accent_text; }
QMenu::item:disabled { color: $faint; }
QMenu::indicator { width: ${p14}px; height: ${p14}px; left: ${p4}px; }
QMenu::separator { height: 1px; background: $line; margin: ${p6}px ${p4}px; }
QToolTip {
  background: $tip_ground; color: $tip_text; border: 1px solid $tip_ground;
  padding: ${p8}px ${p12}px; font-size: ${p14}px; }
QProgressBar {
  background: $line; border: none; border-radius: ${p4}px; min-height: ${p8}px;
  max-height: ${p8}px; }
QProgressBar::chunk { background: $accent; border-radius: ${p4}px; }
QScrollBar:vertical { background: transparent; width: ${p10}px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: ${p10}px; margin: 0; }
QScrollBar::handle { background: $scroll; border-radius: ${p3}px; margin: ${p2}px; }
QScrollBar::handle:vertical { min-height: ${p36}px; }
QScrollBar::handle:horizontal { min-width: ${p36}px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar[idle="true"]::handle { background: transparent; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: $line; }
""")

_LENGTHS = (2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 24, 26, 28, 34, 36, 38, 40)


def stylesheet(tokens: Mapping[str, str], px: Callable[[float], int]) -> str:
    """The stylesheet of the whole program; `px` scales a drawn length."""
    lengths = {f"p{length}": str(px(length)) for length in _LENGTHS}
    parts = (_TEXT, _BUTTONS, _FIELDS, _LISTS)
    return "".join(part.substitute(tokens, **lengths) for part in parts)
