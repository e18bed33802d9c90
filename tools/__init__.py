"""Programs that make files of this repository from what others publish. Nothing of the product imports them."""
